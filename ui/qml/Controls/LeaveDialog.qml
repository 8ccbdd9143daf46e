// 结束办理 lies beside 上一步: before what was typed is wiped, it is asked once whether that was meant.
import QtQuick
import KioskUi

Rectangle {
    id: dialog

    required property VisitModel visit

    objectName: "leave-dialog"
    color: Theme.veil

    MouseArea {
        objectName: "leave-behind"
        anchors.fill: parent
        onClicked: dialog.visit.stay()
    }
    Card {
        anchors.centerIn: parent
        width: Math.min(parent.width - 2 * Theme.margin, Theme.px(900))
        height: words.implicitHeight + Theme.px(112)

        MouseArea {
            anchors.fill: parent
        }
        Column {
            id: words
            anchors.left: parent.left
            anchors.right: parent.right
            anchors.margins: Theme.px(56)
            anchors.verticalCenter: parent.verticalCenter
            spacing: Theme.px(28)

            Words {
                width: parent.width
                horizontalAlignment: Text.AlignHCenter
                text: qsTr("要结束办理吗？")
                size: Theme.hero
                strong: true
            }
            Words {
                width: parent.width
                horizontalAlignment: Text.AlignHCenter
                text: qsTr("还没有提交。结束后，填写的内容会全部清除")
                size: Theme.lead
                soft: true
            }
            TouchButton {
                objectName: "leave-stay"
                anchors.horizontalCenter: parent.horizontalCenter
                width: Math.min(parent.width, Math.max(implicitWidth, Theme.px(520)))
                main: true
                iconName: "edit"
                text: qsTr("继续办理")
                onClicked: dialog.visit.stay()
            }
            TouchButton {
                objectName: "leave-for-good"
                anchors.horizontalCenter: parent.horizontalCenter
                width: Math.min(parent.width, Math.max(implicitWidth, Theme.px(520)))
                iconName: "logout"
                text: qsTr("结束并清除")
                onClicked: dialog.visit.leaveForGood()
            }
        }
    }
}
