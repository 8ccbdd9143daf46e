// A fault of the program has ended the visit: said calmly, gone by a touch or after a while.
import QtQuick
import KioskUi

Dialog {
    id: dialog

    required property VisitModel visit

    objectName: "mishap"
    onVeilTouched: dialog.visit.mishapSeen()

    Timer {
        interval: 15000
        running: true
        onTriggered: dialog.visit.mishapSeen()
    }
    Words {
        width: parent.width
        horizontalAlignment: Text.AlignHCenter
        text: qsTr("很抱歉")
        size: Theme.hero
        strong: true
    }
    Words {
        objectName: "mishap-text"
        width: parent.width
        horizontalAlignment: Text.AlignHCenter
        text: dialog.visit.mishapText
        size: Theme.lead
    }
    Words {
        width: parent.width
        horizontalAlignment: Text.AlignHCenter
        text: dialog.visit.mishapNext
        soft: true
    }
    TouchButton {
        objectName: "mishap-seen"
        anchors.horizontalCenter: parent.horizontalCenter
        width: Math.min(parent.width, Math.max(implicitWidth, Theme.px(480)))
        main: true
        iconName: "check"
        text: qsTr("知道了")
        onClicked: dialog.visit.mishapSeen()
    }
}
