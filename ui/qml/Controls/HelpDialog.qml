// What to do when one does not know what to do; no touch of it changes the visit.
import QtQuick
import KioskUi

Dialog {
    id: dialog

    required property DisplayModel display
    signal closed

    objectName: "help-dialog"
    widest: 1000
    spacing: Theme.px(26)
    cardTakesTouches: true
    veilName: "help-behind"
    onVeilTouched: dialog.closed()

    Words {
        width: parent.width
        text: qsTr("需要帮助？")
        size: Theme.title
        strong: true
    }
    Notice {
        width: parent.width
        iconName: "call"
        text: qsTr("政务服务热线 %1（24小时）").arg(dialog.display.hotline)
        next: qsTr("请告诉话务员本机编号 %1").arg(dialog.display.kioskNumber)
    }
    Words {
        width: parent.width
        text: qsTr("看不清楚：点“大字”或“高对比”。")
    }
    Words {
        width: parent.width
        text: qsTr("身份证读不出来：把证件平放在读卡区，停留两秒再拿起；也可以改用手机亮码。")
    }
    Words {
        width: parent.width
        text: qsTr("点错了：点“上一步”，已经填写的内容不会丢。")
    }
    Words {
        width: parent.width
        text: qsTr("不想办了：点“结束办理”，您的信息会立即从本机清除。")
    }
    TouchButton {
        objectName: "help-close"
        anchors.horizontalCenter: parent.horizontalCenter
        width: Math.min(parent.width, Math.max(implicitWidth, Theme.px(480)))
        main: true
        iconName: "check"
        text: qsTr("知道了")
        onClicked: dialog.closed()
    }
}
