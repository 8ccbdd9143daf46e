// A named fact with its icon: fee, days, delivery …
import QtQuick

Item {
    id: fact

    property string iconName
    property string label
    property string value

    implicitHeight: Math.max(Theme.px(88), words.implicitHeight)

    Icon {
        id: icon
        anchors.verticalCenter: parent.verticalCenter
        name: fact.iconName
        size: Theme.px(56)
        colour: Theme.primary
    }
    Column {
        id: words
        anchors.left: icon.right
        anchors.leftMargin: Theme.px(20)
        anchors.right: parent.right
        anchors.verticalCenter: parent.verticalCenter

        Words {
            width: parent.width
            text: fact.label
            size: Theme.caption
            soft: true
        }
        Words {
            width: parent.width
            text: fact.value
            strong: true
        }
    }
}
